import { setFlagsFromString } from 'node:v8'
import { expect, test } from 'vitest'
import { preventStrippingCrash } from '../../../src/core/type-stripping.ts'

type Call = (x: number) => number

// Node has it, but TypeScript only declares it for browsers.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<'run' | 'f', Call>> }
}

// A module that imports `env.f: (i32) => i32` and exports it, along with `run`, which calls it.
const MODULE = new Uint8Array([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f],
  ...[2, 9, 1, 3, 0x65, 0x6e, 0x76, 1, 0x66, 0, 0],
  ...[3, 2, 1, 0],
  ...[7, 11, 2, 3, 0x72, 0x75, 0x6e, 0, 1, 1, 0x66, 0, 0],
  ...[10, 8, 1, 6, 0, 0x20, 0, 0x10, 0, 0x0b],
])

/** Whether V8 compiles the wrapper of an imported function that is called often. */
function isWrapperCompiled(): boolean {
  setFlagsFromString('--allow-natives-syntax')
  const isGeneric = new Function('f', 'return %HasUnoptimizedWasmToJSWrapper(f)')
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(MODULE), { env: { f: (x: number) => x } })
  const { run, f } = exports
  expect(isGeneric(f)).toBe(true)
  for (let i = 0; i < 3000; i++) run(i)
  return !isGeneric(f)
}

test('a wrapper that V8 might free twice is not compiled where threads strip types, and only there', () => {
  preventStrippingCrash('file:///dist/writer-thread.js')
  expect(isWrapperCompiled()).toBe(true)
  preventStrippingCrash('file:///src/writer-thread.ts')
  expect(isWrapperCompiled()).toBe(false)
})
