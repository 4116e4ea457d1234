import type { Anchor } from '../../../integrity/heads/anchor.ts'
import { commandAnchor } from '../../../integrity/heads/anchors/command-anchor.ts'
import { fileAnchor } from '../../../integrity/heads/anchors/file-anchor.ts'
import { witnessAnchor } from '../../../integrity/heads/anchors/witness-anchor.ts'
import type { AnchorAddress } from '../anchor-address.ts'
import { asSet } from './as-set.ts'

/** Opens the anchors that a setting names. @throws InvalidConfiguration */
export const openAnchors = (addresses: readonly AnchorAddress[], setting: string): Promise<readonly Anchor[]> =>
  asSet(setting, () => addresses.map(openAnchor))

function openAnchor(address: AnchorAddress): Anchor {
  switch (address.kind) {
    case 'file':
      return fileAnchor(address.folder)
    case 'command':
      return commandAnchor({ publish: [address.program, 'publish'], latest: [address.program, 'latest'] })
    case 'witness':
      return witnessAnchor(address.url, address.verifierKey)
  }
}
