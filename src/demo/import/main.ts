import { Command, CommanderError } from 'commander'
import { repository } from '../../aggregates/repository.ts'
import { TidemarkError } from '../../core/errors/base.ts'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { readOpeningSettings } from '../../open/opening-settings.ts'
import { secretInArgument } from '../../open/secrets.ts'
import { openStorageWithVault } from '../../open/vault/open-with-vault.ts'
import { readVaultConfig } from '../../open/vault/vault-config.ts'
import { storageSetting } from '../../process/common-settings.ts'
import { readSettings } from '../../process/settings.ts'
import { onNpmGone } from '../../process/stop-with-parent.ts'
import { visibleText } from '../../process/visible-text.ts'
import { meter } from '../domain/meters/meter.ts'
import type { LayoutOptions } from './file-layout.ts'
import { formats } from './formats/index.ts'
import { importRows } from './import-rows.ts'
import { meterIdFault } from './meter-id.ts'
import { startProgress } from './progress.ts'
import { openFile } from './reading/open-file.ts'
import { startReport, summarise } from './report.ts'

const EXIT = { done: 0, failed: 1, usage: 2, linesRefused: 3 } as const

const STOPPED_BY = { SIGINT: 130, SIGTERM: 143 } as const

type Options = Omit<LayoutOptions, 'file'> & { readonly storage?: string }

const help = `
A day of a meter's readings becomes one event. Running an import again adds nothing twice.

Formats:
  household  one column a meter, cumulative registers in kWh (Open Power System Data)
  london     one meter, the consumption of each half hour in kWh (Low Carbon London)

Exit codes:
  ${EXIT.done}  every line was taken
  ${EXIT.failed}  it failed
  ${EXIT.usage}  the command or the file is not what it must be
  ${EXIT.linesRefused}  lines were refused, each reported with the reason; the rest was taken`

const program = new Command()
  .name('npm run import --')
  .description('Imports a CSV file of meter readings, even while the demo runs on the same storage.')
  .argument('<file>', 'the CSV file')
  .option('--meter <id>', "the meter's id, for a file of one meter (default: its column's name, otherwise the file's)")
  .option('--format <name>', `${formats.map(({ name }) => name).join(' or ')}, if the header does not show it`)
  .option('--storage <url>', 'where to write to (default: TIDEMARK_STORAGE, otherwise the folder of the demo)')
  .addHelpText('after', help)
  .exitOverride()

async function main(): Promise<number> {
  try {
    program.parse()
    return await run(program.args[0] as string, program.opts<Options>())
  } catch (error) {
    // Commander has printed the error, or the help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
    const code = error instanceof TidemarkError ? `${error.code}: ` : ''
    process.stderr.write(`${code}${visibleText(error instanceof Error ? error.message : String(error))}\n`)
    return error instanceof InvalidConfiguration ? EXIT.usage : EXIT.failed
  }
}

async function run(file: string, { storage: chosen, ...options }: Options): Promise<number> {
  const started = Date.now()
  const fault = options.meter === undefined ? undefined : meterIdFault(options.meter)
  if (fault !== undefined) throw new InvalidConfiguration('--meter', fault)
  const warning = secretInArgument('--storage', chosen, 'TIDEMARK_STORAGE')
  if (warning !== undefined) process.stderr.write(`${warning}\n`)
  const setting = chosen === undefined ? 'TIDEMARK_STORAGE' : '--storage'
  const url = chosen ?? readSettings(process.env, { TIDEMARK_STORAGE: storageSetting }).TIDEMARK_STORAGE
  const source = await openFile({ file, ...options })
  const stop = new AbortController()
  let exitCode: number | undefined
  const onSignal = (signal: 'SIGINT' | 'SIGTERM') => {
    exitCode = STOPPED_BY[signal]
    stop.abort()
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  onNpmGone(() => onSignal('SIGTERM'))
  try {
    // A meter may have a customer, whose data is sealed.
    const opening = { setting, ...readOpeningSettings(process.env, url, setting) }
    const opened = await openStorageWithVault(url, readVaultConfig(process.env, url, setting), opening)
    await using storage = opened.storage
    const meters = repository(storage, meter)
    const report = startReport(file, (message) => progress.say(visibleText(message)))
    const progress = startProgress({ total: source.size, read: source.bytesRead, days: () => days(report.counts) })
    try {
      await importRows({ ...source, meters, report, signal: stop.signal, now: started })
    } finally {
      progress.stop()
      process.stdout.write(`${summarise(report.counts, Date.now() - started)}\n`)
    }
    if (exitCode !== undefined) process.stdout.write('stopped; run the same command again to resume\n')
    return exitCode ?? (report.counts.refused > 0 ? EXIT.linesRefused : EXIT.done)
  } finally {
    source.close()
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
}

const days = ({ days, repeated }: { days: number; repeated: number }): number => days + repeated

process.exitCode = await main()
