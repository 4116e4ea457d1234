import { defineConfig } from 'tsdown'

// An older Node than Tidemark needs must still be able to read this program, which then says so.
export default defineConfig({
  entry: ['src/main.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  fixedExtension: false,
  dts: false,
  sourcemap: false,
  clean: true,
})
