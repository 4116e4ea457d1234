import { TidemarkError } from './base.ts'

/** A key for heads, notes or events is not what it should be. The message never repeats a private one. */
export class InvalidChainKey extends TidemarkError {
  readonly code = 'InvalidChainKey'
}

/** The name of a chain is not one: 1 to 200 characters, no white space, no plus sign. */
export class InvalidOrigin extends TidemarkError {
  readonly code = 'InvalidOrigin'
}

/** A text is not a signed note, or not one with a head. */
export class InvalidNote extends TidemarkError {
  readonly code = 'InvalidNote'
}

/** A text is not a proof, or it does not prove what it should. */
export class InvalidProof extends TidemarkError {
  readonly code = 'InvalidProof'
}

/** A note or a proof belongs to another log. */
export class ForeignOrigin extends TidemarkError {
  readonly code = 'ForeignOrigin'
  readonly expected: string
  readonly found: string
  constructor(what: string, expected: string, found: string) {
    super(`${what} is of the chain ${JSON.stringify(found)}, but ${JSON.stringify(expected)} was expected`)
    this.expected = expected
    this.found = found
  }
}

/** The chain belongs to another incarnation of the log: nothing is sealed until `tidemark chain restart`. */
export class ChainOfAnotherLog extends TidemarkError {
  readonly code = 'ChainOfAnotherLog'
}

/** A document of the ledger is not what was written: nothing is sealed on top of it. */
export class LedgerDamaged extends TidemarkError {
  readonly code = 'LedgerDamaged'
  /** The block, or null if it is another document. */
  readonly block: number | null
  constructor(message: string, block: number | null = null) {
    super(message)
    this.block = block
  }
}

/** The ledger contradicts a head that was anchored before: nothing is signed, because that would bless it. */
export class ChainDiverged extends TidemarkError {
  readonly code = 'ChainDiverged'
}

/** An anchor or a witness cannot be reached. */
export class AnchorUnavailable extends TidemarkError {
  readonly code = 'AnchorUnavailable'
}

/** An anchor or a witness keeps a larger head, or one that the new one contradicts. */
export class AnchorRefused extends TidemarkError {
  readonly code = 'AnchorRefused'
  /** The size of the head that it keeps, if it said so. */
  readonly size: number | undefined
  constructor(message: string, size?: number, options?: ErrorOptions) {
    super(message, options)
    this.size = size
  }
}

/** An event cannot be proved: it is not sealed yet, or it was erased. */
export class NotProvable extends TidemarkError {
  readonly code = 'NotProvable'
}

/** A view or a snapshot has no seal, although this process checks seals. */
export class SealMissing extends TidemarkError {
  readonly code = 'SealMissing'
  /** The id of the view's document, or the snapshot's stream. */
  readonly document: string
  constructor(what: string, document: string) {
    super(`${what} ${document} has no seal: it was saved without the key, or its seal was removed`)
    this.document = document
  }
}

/** A view or a snapshot is not as it was saved, or it was saved with another key. */
export class SealWrong extends TidemarkError {
  readonly code = 'SealWrong'
  /** The id of the view's document, or the snapshot's stream. */
  readonly document: string
  constructor(what: string, document: string) {
    super(`${what} ${document} does not match its seal: it was changed in the database, or saved without the right key`)
    this.document = document
  }
}
