import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import { runProcess } from '../../process/lifecycle.ts'
import { closeServer, listen } from '../../process/listen.ts'
import { onNpmGone } from '../../process/stop-with-parent.ts'
import { count } from '../support/count.ts'
import { lineOf } from '../support/exit-codes.ts'
import { explain } from '../support/help.ts'
import type { LogName } from './witness-settings.ts'

type Options = {
  readonly folder?: string
  readonly name?: string
  readonly host?: string
  readonly port?: string
}

const notes = `
It signs a head of a log only if it extends the last one that it signed, so that what a log has shown it cannot be taken
back or rewritten unnoticed, not even with the log's own key. Run it on another machine, under other administrators than the log's. The
folder holds its key, which it creates when it is started for the first time, and the heads that it signed.
--origin and --key may be repeated: each key belongs to the origin before it. The witness runs until SIGINT, SIGTERM or
SIGHUP, and serves POST /add-checkpoint and GET /<SHA-256 of the origin>/checkpoint (c2sp.org/tlog-witness).
Environment: WITNESS_LOGS, origins and keys separated by spaces; WITNESS_FOLDER, WITNESS_NAME, WITNESS_PORT and HOST.`

/** `tidemark witness`: cosigns the heads of chains. */
export const addWitness = (program: Command): Command => {
  // A key belongs to the origin before it, so the order of the two options counts.
  const named: LogName[] = []
  const collect = (kind: LogName['kind']) => (text: string) => void named.push({ kind, text })
  return explain(
    program.command('witness'),
    ['witness --origin acme.example/meters --key <verifier key> --folder ./witness --port 3100'],
    notes,
  )
    .description('Signs that chains have only ever grown, until it is stopped.')
    .option('--origin <name>', 'a chain that is witnessed; may be repeated', collect('origin'))
    .option('--key <key>', 'the verifier key of a signer of that chain; may be repeated', collect('key'))
    .option('--folder <folder>', 'where it keeps its key and the heads (default: WITNESS_FOLDER, else ./witness)')
    .option('--name <name>', 'the name of a new key (default: WITNESS_NAME, else a random one)')
    .option('--host <address>', 'address to listen on (default: HOST, else 127.0.0.1)')
    .option('--port <number>', 'port to listen on (default: WITNESS_PORT, else 3100)')
    .action(({ folder, name, host, port }: Options) => {
      onNpmGone(() => process.kill(process.pid, 'SIGTERM'))
      return runWitness(named, {
        ...process.env,
        ...(folder !== undefined && { WITNESS_FOLDER: folder }),
        ...(name !== undefined && { WITNESS_NAME: name }),
        ...(host !== undefined && { HOST: host }),
        ...(port !== undefined && { WITNESS_PORT: port }),
      })
    })
}

const runWitness = (
  named: readonly LogName[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> =>
  runProcess(async (defer) => {
    // Other commands start without what reads these settings.
    const { readWitnessSettings } = await import('./witness-settings.ts')
    const { host, port, folder, name, logs } = readWitnessSettings(environment, named)
    const { assertLogs, createWitness, createWitnessServer, newestHeads, witnessSigner } = await import(
      '../../integrity/witness/index.ts'
    )
    assertLogs(logs)
    const signer = await witnessSigner(folder, name, `tidemark-witness-${randomBytes(4).toString('hex')}`)
    const witness = createWitness({ logs, signer, folder })
    const sizes = await newestHeads(witness, logs)
    const server = createWitnessServer(witness, { onError: (error) => process.stderr.write(`${lineOf(error)}\n`) })
    const url = await listen(server, { host, port }, 'WITNESS_PORT')
    defer(() => closeServer(server))
    const lines = [
      `The witness listens on ${url}`,
      `Its verifier key is ${signer.verifierKey}`,
      `For CHAIN_ANCHORS: ${url}+${signer.verifierKey}`,
      ...logs.map(({ origin }) => `${origin}: ${known(sizes.get(origin))}`),
    ]
    process.stdout.write(`${lines.join('\n')}\n`)
    return url
  })

const known = (size: number | undefined): string =>
  size === undefined ? 'no head was signed yet' : `the last signed head has ${count(size, 'block')}`
