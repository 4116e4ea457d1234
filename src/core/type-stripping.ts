/**
 * Prevents a crash of the process while threads load TypeScript; to be called before one is started. It changes nothing
 * when the caller is JavaScript, as in the published package.
 *
 * Node strips types with WebAssembly, in each thread anew. V8 13.6 (Node 24) compiles the wrapper of an imported
 * function after a thousand calls, and shares it between threads without excluding that two of them free it at the same
 * time: about one thread in two thousand ends the process with SIGSEGV or SIGTRAP in `WasmEngine::FreeDeadCode`, called
 * by `Runtime_TierUpWasmToJSWrapper`. With this flag, wrappers are never compiled. Code that is compiled later pays for
 * it with slower calls out of WebAssembly, which only matters to stripping itself.
 *
 * @param caller the caller's `import.meta.url`
 */
export function preventStrippingCrash(caller: string): void {
  if (!caller.endsWith('.ts')) return
  process.getBuiltinModule('node:v8').setFlagsFromString('--wasm-wrapper-tiering-budget=1000000000')
}
