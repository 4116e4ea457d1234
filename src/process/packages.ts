import { createRequire } from 'node:module'
import { InvalidConfiguration } from '../core/errors/input.ts'

const require = createRequire(import.meta.url)

/**
 * Asserts that optional packages are installed.
 *
 * @param setting the setting that needs them
 * @throws InvalidConfiguration that says what to install
 */
export function requirePackages(setting: string, ...names: readonly string[]): void {
  const absent = names.filter((name) => !isInstalled(name))
  if (absent.length > 0) {
    const what = absent.length === 1 ? 'a package that is' : 'packages that are'
    throw new InvalidConfiguration(setting, `needs ${what} not installed: npm install ${absent.join(' ')}`)
  }
}

/** Whether a package can be imported from here. */
export function isInstalled(name: string): boolean {
  try {
    require.resolve(name)
    return true
  } catch (error) {
    // A package without an entry for `require` is still installed.
    return (error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND'
  }
}
