import { defineConfig } from 'tsdown'

// The build makes only what is published; inside the repository everything runs from source.
export default defineConfig({
  entry: [
    'src/index.ts',
    'src/core/index.ts',
    'src/embedded.ts',
    'src/cosmos.ts',
    'src/cosmos-emulator/index.ts',
    'src/mongo.ts',
    'src/opentelemetry/index.ts',
    'src/testing/index.ts',
    'src/cli/main.ts',
    // Started as `new Worker(new URL('./writer/thread.js', import.meta.url))`: no import leads here.
    'src/adapters/embedded/writer/thread.ts',
    'src/adapters/embedded/backup/copy.ts',
    // Started as a process of its own.
    'src/cosmos-emulator/main.ts',
  ],
  format: 'esm',
  platform: 'node',
  target: 'node22.18',
  // One file out for each file in, at the same depth: relative URLs to worker threads and to stored-procedures/ hold.
  unbundle: true,
  root: 'src',
  fixedExtension: false,
  dts: true,
  sourcemap: true,
  clean: true,
})
