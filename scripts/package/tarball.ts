import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = new URL('../../', import.meta.url).pathname

/** The most bytes that the tarball may have: nearly all that a user downloads. */
const LARGEST = 1_150_000

/**
 * The packed package: the file that `TIDEMARK_TARBALL` names, or else one that is built and packed now.
 *
 * @param folder where a new one is put, as `tidemark.tgz`
 * @throws Error when packing fails, or when the tarball is too large
 */
export function tarball(folder: string): string {
  const given = process.env.TIDEMARK_TARBALL
  const path = given ? resolve(given) : pack(folder)
  const { size } = statSync(path)
  console.log(`${path} has ${size.toLocaleString('en')} bytes`)
  if (size > LARGEST) throw new Error(`${path} has more than ${LARGEST.toLocaleString('en')} bytes`)
  return path
}

function pack(folder: string): string {
  mkdirSync(folder, { recursive: true })
  const { status } = spawnSync('npm', ['pack', '--pack-destination', folder], { cwd: root, stdio: 'inherit' })
  if (status !== 0) throw new Error(`npm pack ended with ${status}`)
  const packed = readdirSync(folder).find((name) => /^tidemark-\d.*\.tgz$/.test(name))
  if (packed === undefined) throw new Error(`npm pack left no tarball in ${folder}`)
  const path = join(folder, 'tidemark.tgz')
  renameSync(join(folder, packed), path)
  return path
}
