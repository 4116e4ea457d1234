// Stands here so that the name is looked up in this folder's node_modules.
export * from '@event-driven-io/emmett-sqlite'
