import { defineConfig } from "vite";

/** The protocol client as one module, for anybody's program. */
export default defineConfig({
  publicDir: false,
  build: {
    outDir: "client/dist",
    emptyOutDir: true,
    target: "es2022",
    lib: { entry: "client/index.ts", formats: ["es"], fileName: () => "switchboard-client.js" },
  },
});
