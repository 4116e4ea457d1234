/** A command line, or a folder, that no project can be made from; nothing was written. */
export class UsageError extends Error {}
