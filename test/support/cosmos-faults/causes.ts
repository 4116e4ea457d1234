import type { FaultKind } from '../../../src/testing/simulate/world/faults.ts'

/** By what each fault of the simulator is caused here, where the storage is an emulator of Azure Cosmos DB. */
export const causes: Readonly<Record<FaultKind, string>> = {
  busy: 'the emulator answers 429 or 449, for some handles until their deadline; or it refuses a call of a script for the units that this has spent, or blocks the script',
  lost: 'the emulator answers 408, 410 or 503, or breaks the connection, before it handles the request',
  answerLost: 'the emulator answers 408 or 503, or breaks the connection, after the commit',
  late: 'the emulator handles a request late or answers late; and a line holds one up for longer than a lease lasts',
  conflict: 'a line lets somebody replace the document, by what it is, just before a replace with If-Match',
  shortPage: 'a line asks for fewer documents of the change feed than the adapter did',
  reread: 'the port of a worker reads from an older continuation',
  staleRead: 'the emulator answers from a replica that is some commits behind',
  wakeup: 'the port of a worker resolves `changed` for nothing, beside each end of the poll interval',
  outage: 'a line, or all of them, breaks every connection for a while, or all those for the leases container',
  pause: "a worker's line holds every request and answer, and its clock ends no sleep, for longer than a lease lasts",
  crash:
    "nothing of what a worker's process waits for ever comes, be it an answer or a sleep; another one starts later",
  leave: 'a processor is stopped in order, and another one is started later',
  clockJump: "the clock of a worker's handle and processor gets another error",
  throw: 'handlers throw once',
  poison: 'handlers throw at an event until they are mended',
  split: 'the emulator splits a physical partition of the events, the views or the leases',
  merge: 'the emulator merges two physical partitions, some of them before anybody looks',
  replay: 'a process of its own replays parked sequences, or tries to',
  deletion: 'a stream is ended, and erased bit by bit',
}
