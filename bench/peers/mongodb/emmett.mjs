// Stands here so that the names are looked up in this folder's node_modules.
export * from '@event-driven-io/emmett-mongodb'
export { MongoClient } from 'mongodb'
