import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { type ChainSession, withChain } from '../support/chain-session.ts'
import { count } from '../support/count.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import type { CommonOptions } from '../support/session.ts'
import { startTally } from '../support/tally.ts'
import { signedHead } from './signed-head.ts'

const notes = `
The files are those of a tiled log (C2SP, tlog-tiles), which any web server can serve. They contain the headers of blocks
and no event. Run it again to bring the folder up to date; the file checkpoint is replaced last.`

/** `tidemark chain export`: writes the ledger as a tiled log. */
export const addChainExport = (group: Command): Command =>
  explain(storageOptions(group.command('export')), ['chain export ./public/log'], notes)
    .description('Writes the headers of the chain, up to the newest signed head, as a tiled log.')
    .argument('<folder>', 'created unless it exists')
    .action((folder: string, options: CommonOptions) =>
      withChain(options, (session) => exportTo(session, resolve(folder))),
    )

async function exportTo({ chain, signal, tell }: ChainSession, folder: string): Promise<void> {
  const { exportTiles } = await import('../../integrity/index.ts')
  const { writeDurably } = await import('../../core/files/durable-files.ts')
  const { note } = await signedHead(chain)
  const tally = startTally('blocks')
  let [blocks, files] = [0, 0]
  const onProgress = (done: number) => {
    blocks = done
    tally.update(done)
  }
  try {
    for await (const { path, bytes } of exportTiles(chain.context.ledger, note, { signal, onProgress })) {
      await writeDurably(folder, join(folder, ...path.split('/')), bytes, signal)
      files++
    }
  } finally {
    tally.stop()
  }
  await tell({ folder, files, blocks }, `Wrote ${count(blocks, 'block')} in ${count(files, 'file')} to ${folder}`)
}
