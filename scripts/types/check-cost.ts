import { spawnSync } from 'node:child_process'
import { type Compiler, programOf } from './compilers.ts'

const ROUNDS = 3
// On a machine that is busy with something else.
const MOST_ROUNDS = 12
const MOST = 1.5

/**
 * Measures how much longer one file takes to compile than another, and how much more of the checker's work it is.
 *
 * @throws when it takes more than 1.5 times as long
 */
export function checkCost(folder: string, file: string, plain: string): void {
  for (const compiler of ['typescript-5.9', 'typescript-7.0'] as const) {
    const rounds: (readonly [Measured, Measured])[] = []
    // The least of each is what the machine did not add to.
    const least = (index: 0 | 1) => Math.min(...rounds.map((round) => round[index].seconds))
    const ratioNow = () => least(0) / least(1)
    while (rounds.length < ROUNDS || (ratioNow() > MOST && rounds.length < MOST_ROUNDS)) {
      rounds.push([measure(folder, compiler, file), measure(folder, compiler, plain)])
    }
    const ratio = ratioNow()
    const [ours, theirs] = rounds[0]?.map(({ instantiations }) => instantiations) ?? []
    console.log(
      `${compiler}: ${file} takes ${ratio.toFixed(2)} times as long as ${plain}, with ${ours} instantiations instead of ${theirs}`,
    )
    if (ratio > MOST) throw new Error(`${file} may take at most ${MOST} times as long`)
  }
}

type Measured = { readonly seconds: number; readonly instantiations: number }

function measure(folder: string, compiler: Compiler, file: string): Measured {
  const options = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2022',
    '--skipLibCheck',
    '--types',
    'node',
  ]
  const program = [programOf(compiler), ...options, '--extendedDiagnostics', file]
  const { stdout } = spawnSync(process.execPath, program, { cwd: folder, encoding: 'utf8' })
  const figure = (name: string) => Number(new RegExp(`^${name}:\\s+([\\d.]+)`, 'm').exec(stdout)?.[1])
  return { seconds: figure('Total time'), instantiations: figure('Instantiations') }
}
