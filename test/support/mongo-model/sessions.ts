import type { Document } from 'mongodb'
import { abortTransaction, commitTransaction, type Transaction } from './documents/transaction.ts'
import { CommandFailed, noSuchTransaction } from './failures.ts'

type Session = {
  transaction?: Transaction
  /** The last write that may be repeated, and what it was answered. */
  retryable?: { readonly number: number; readonly answer: Document }
}

/** What clients have begun, by their sessions. */
export class Sessions {
  readonly #sessions = new Map<string, Session>()

  /** The transaction that a command belongs to, which it may begin. @throws CommandFailed */
  transactionOf(command: Document, now: number): Transaction | undefined {
    if (command.autocommit !== false) return undefined
    const session = this.#of(command)
    const number = Number(command.txnNumber)
    if (command.startTransaction) {
      if (session.transaction) abortTransaction(session.transaction)
      session.transaction = { number, begun: now, writes: new Map(), state: 'open' }
    }
    const { transaction } = session
    if (transaction?.number !== number) throw noSuchTransaction()
    if (transaction.state === 'aborted') throw noSuchTransaction()
    if (transaction.state === 'committed' && !command.commitTransaction) {
      throw new CommandFailed(256, 'TransactionCommitted')
    }
    return transaction
  }

  commit(command: Document, now: number): void {
    const transaction = this.transactionOf(command, now) as Transaction
    if (transaction.state === 'open') commitTransaction(transaction, now)
  }

  abort(command: Document, now: number): void {
    const transaction = this.transactionOf(command, now)
    if (transaction) abortTransaction(transaction)
  }

  /** What a repeated write was answered the first time. */
  answered(command: Document): Document | undefined {
    if (command.txnNumber === undefined || command.autocommit === false) return undefined
    const { retryable } = this.#of(command)
    return retryable?.number === Number(command.txnNumber) ? retryable.answer : undefined
  }

  note(command: Document, answer: Document): void {
    if (command.txnNumber === undefined || command.autocommit === false) return
    this.#of(command).retryable = { number: Number(command.txnNumber), answer }
  }

  end(ids: readonly Document[]): void {
    for (const { id } of ids) {
      const key = String(id)
      const { transaction } = this.#sessions.get(key) ?? {}
      if (transaction) abortTransaction(transaction)
      this.#sessions.delete(key)
    }
  }

  #of({ lsid }: Document): Session {
    const key = String(lsid?.id)
    const session = this.#sessions.get(key) ?? {}
    this.#sessions.set(key, session)
    return session
  }
}
