// Every error that Tidemark throws on purpose, published as `tidemark/errors`.

export * from './core/errors/index.ts'
export * from './http/errors.ts'
export * from './ingest/errors.ts'
