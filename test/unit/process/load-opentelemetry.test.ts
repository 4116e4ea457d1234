import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'

const module = new URL('../../../src/process/load-opentelemetry.ts', import.meta.url).href
const ask = `const { findTelemetry } = await import(${JSON.stringify(module)}); console.log(typeof (await findTelemetry()))`

// Whatever is asked for there, it is not installed.
const absent = `import { registerHooks } from 'node:module'
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier, specifier.startsWith('@') ? { ...context, parentURL: 'file:///nowhere/a.js' } : context),
})`

const run = (...before: string[]): string =>
  execFileSync(process.execPath, [...before, '--input-type=module', '--eval', ask], { encoding: 'utf8' }).trim()

it('the worker uses the API of OpenTelemetry where it is installed, and does without where it is not', () => {
  expect(run()).toBe('object')
  expect(run('--import', `data:text/javascript,${encodeURIComponent(absent)}`)).toBe('undefined')
})
