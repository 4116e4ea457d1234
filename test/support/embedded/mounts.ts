import { execFileSync } from 'node:child_process'

/** Runs a command as root would; answers what keeps it from running, or undefined when it ran. */
function attempt(command: string, ...parameters: string[]): string | undefined {
  try {
    execFileSync(command, parameters, { stdio: 'pipe' })
    return undefined
  } catch (error) {
    return `${command} ${parameters.join(' ')}: ${error instanceof Error ? error.message.split('\n')[0] : error}`
  }
}

/**
 * Mounts a small disk in memory.
 *
 * @returns why that is not possible here, or how it is changed and taken away
 */
export function mountDisk(folder: string, size: string) {
  const refused = attempt('mount', '-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder)
  if (refused !== undefined) return refused
  return {
    remount: (options: string) => {
      const failed = attempt('mount', '-o', `remount,${options}`, folder)
      if (failed !== undefined) throw new Error(failed)
    },
    [Symbol.dispose]: () => {
      const failed = attempt('umount', folder)
      if (failed !== undefined) throw new Error(failed)
    },
  }
}
