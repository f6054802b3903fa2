import { defineConfig, type UserConfig } from "vite";

/** The parts of the widget, each built by its mode: `loader` runs on the site's page, `frame` is the
 *  chat, and `files` what it loads for files. Their names stay as they are: sites have written one
 *  of them down, and an open page asks for another later. */
const PARTS = {
  loader: { entry: "widget/loader.ts", name: "widget", format: "iife" },
  frame: { entry: "widget/frame.tsx", name: "widget-frame", format: "iife" },
  files: { entry: "widget/files/part.ts", name: "widget-files", format: "es" },
} as const;

export default defineConfig(({ mode }): UserConfig => {
  const { entry, name, format } = PARTS[mode as keyof typeof PARTS];
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
        entry,
        name: "switchboard",
        formats: [format],
        fileName: () => `${name}.js`,
        cssFileName: name,
      },
    },
  };
});
