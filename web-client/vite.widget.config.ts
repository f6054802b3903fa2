import { defineConfig, type UserConfig } from "vite";

/** The two halves of the widget, each built by its mode: `loader` runs on the site's page, `frame`
 *  is the chat. Their names stay as they are: sites have written one of them down. */
export default defineConfig(({ mode }): UserConfig => {
  const isLoader = mode === "loader";
  const name = isLoader ? "widget" : "widget-frame";
  return {
    publicDir: false,
    // Also when tests build it.
    oxc: { jsx: { runtime: "automatic", importSource: "preact", development: false } },
    define: { "process.env.NODE_ENV": JSON.stringify("production") },
    resolve: {
      alias: { "preact/jsx-runtime": new URL("widget/view/jsx.ts", import.meta.url).pathname },
    },
    build: {
      outDir: "dist",
      // The console is there already.
      emptyOutDir: false,
      target: "es2022",
      assetsInlineLimit: 0,
      lib: {
        entry: isLoader ? "widget/loader.ts" : "widget/frame.tsx",
        name: "switchboard",
        formats: ["iife"],
        fileName: () => `${name}.js`,
        cssFileName: name,
      },
    },
  };
});
