import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { tarball } from '../../../scripts/package/tarball.ts'
import { interleave } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

const PACKED = new URL('../../../.package/tidemark.tgz', import.meta.url).pathname
const PEER = 'node -e 0'

// Reports the processor time of the whole process, all threads, in microseconds, when it exits.
const REPORT = `data:text/javascript,${encodeURIComponent(
  "import { writeSync } from 'node:fs'; process.on('exit', () => {" +
    ' const { user, system } = process.cpuUsage(); writeSync(3, String(user + system)) })',
)}`

/**
 * What a program pays for the packed package before it does anything: the bytes that it downloads, and the processor
 * time until the library is imported, or the command line has printed its help.
 */
export const packageStart: Measure = {
  id: 'package',
  title: "the tarball, and what import 'tidemark' and tidemark --help cost",

  async run({ folder, repetitions, until }) {
    if (existsSync(PACKED)) process.env.TIDEMARK_TARBALL ??= PACKED
    const packed = tarball(folder)
    run('tar', ['-xzf', packed, '-C', folder])
    const dist = join(folder, 'package/dist')
    const library = `import ${JSON.stringify(pathToFileURL(join(dist, 'index.js')).href)}`
    const times = await interleave(
      repetitions,
      {
        node: () => cpuOf(['-e', '0']),
        library: () => cpuOf(['--input-type=module', '-e', library]),
        help: () => cpuOf([join(dist, 'cli/main.js'), '--help']),
      },
      until,
    )
    const ratio = (id: string, label: string, of: readonly number[], below: number) =>
      against(
        PEER,
        row(
          id,
          `${label}: to ${PEER}`,
          ratioOf(of, times.node),
          'x',
          { below },
          `${summarise(of).median.toFixed(0)} ms`,
        ),
      )
    const size = summarise([statSync(packed).size / 1000])
    return [
      ratio('package-import', "processor time of import 'tidemark'", times.library, 1.5),
      ratio('package-help', 'processor time of tidemark --help', times.help, 2.5),
      row('package-size', 'bytes of the tarball', size, 'kB', { below: 600 }),
    ]
  },
}

/** Milliseconds of processor time that a run of Node takes. */
const cpuOf = async (args: readonly string[]): Promise<number> =>
  Number(run(process.execPath, ['--import', REPORT, ...args])) / 1000

function run(program: string, args: readonly string[]): string {
  const { status, output } = spawnSync(program, args, {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${program} ended with ${status}`)
  return output[3] ?? ''
}
