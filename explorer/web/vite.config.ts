import { defineConfig } from 'vite';

// The built page is committed: plain names, no source maps, nothing of the machine that built it.
export default defineConfig({
  base: './',
  build: {
    target: 'es2022',
    outDir: '../src/main/resources/dev/limpid/explorer/serve/page',
    emptyOutDir: true,
    modulePreload: false,
    assetsInlineLimit: 0,
    rollupOptions: {
      output: {
        entryFileNames: 'page.js',
        chunkFileNames: '[name].js',
        assetFileNames: '[name][extname]',
      },
    },
  },
  test: { include: ['test/**/*.test.ts'], css: true }, // tests read styles as they are
} as Parameters<typeof defineConfig>[0]);
