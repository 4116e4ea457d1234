import { resolve } from 'node:path'
import type { Command } from 'commander'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { defaultChainKeyFile } from '../../open/chain/chain-config.ts'
import type { NamedOrigin } from '../../open/chain/opening/prepare-key.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { type CommonOptions, withConsole } from '../support/session.ts'
import { storageOf } from '../support/storage-url.ts'

type Options = CommonOptions & { readonly create?: boolean; readonly origin?: string }

const notes = `
The signing key is in the file that CHAIN_KEY names, by default beside the folder: ./data.chain-key for file:./data. Give the
verifier key, the line that is printed, to everyone who verifies: it is public. Keep the file where administrators of the
database cannot read it, and a copy of it elsewhere. A key that exists is never overwritten.`

/** `tidemark chain key`: prints the verifier key of a signing key, which it can create. */
export const addChainKey = (group: Command): Command =>
  explain(
    storageOptions(group.command('key')),
    ['chain key', 'chain key --create --origin acme.example/meters', 'chain key --json'],
    notes,
  )
    .description('Prints the verifier key of the signing key, and can create both.')
    .option('--create', 'create the file of the signing key unless it exists')
    .option('--origin <name>', 'with --create, the name of the chain (default: CHAIN_ORIGIN)')
    .action((options: Options) =>
      withConsole(options.json ?? false, async ({ tell }) => {
        const file = keyFileOf(options)
        const { openKey, prepareKey } = await import('../../open/chain/opening/prepare-key.ts')
        const { signer, created } = options.create
          ? await prepareKey(file, () => originOf(options))
          : { signer: await openKey(file), created: false }
        const { name, verifierKey } = signer
        await tell({ name, verifierKey, file: resolve(file), created }, verifierKey)
      }),
    )

function keyFileOf({ storage }: Options): string {
  const { url, setting } = storageOf(storage)
  const file = process.env.CHAIN_KEY || defaultChainKeyFile(url, setting)
  if (file) return file
  throw new InvalidConfiguration('CHAIN_KEY', 'must name the file of the signing key: the storage is not a folder')
}

function originOf({ origin: given }: Options): NamedOrigin {
  const origin = given ?? process.env.CHAIN_ORIGIN
  if (origin) return { origin, setting: given === undefined ? 'CHAIN_ORIGIN' : '--origin' }
  throw new InvalidConfiguration('--origin', 'is needed for a new key, or else the variable CHAIN_ORIGIN')
}
