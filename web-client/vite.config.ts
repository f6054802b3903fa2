import { defineConfig } from "vitest/config";

const server = "http://127.0.0.1:8080";

/** The console. What is built goes into the binary. */
export default defineConfig({
  root: "console",
  base: "/",
  // The public folder of Vite's root; there is none.
  publicDir: false,
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    target: "es2022",
    // No `data:` addresses and no inline script: the content security policy is `'self'` only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      "/api": server,
      "/hooks": server,
      // The server takes sockets only from its own pages; here the page is Vite's.
      "/ws": { target: server, ws: true, headers: { Origin: server } },
    },
  },
  test: {
    root: ".",
    include: ["client/test/**/*.test.ts", "console/test/**/*.test.ts", "widget/test/**/*.test.ts"],
    environment: "node",
  },
});
