import type { Routes } from '../routes.ts'

/** The account itself. */
export const accountRoutes: Routes = {
  'GET '({ request, multipleWriteRegions }) {
    const location = {
      name: 'Emulator',
      databaseAccountEndpoint: `${request.headers['x-forwarded-proto'] ?? 'http'}://${request.headers.host ?? 'localhost'}/`,
    }
    return {
      status: 200,
      body: {
        _self: '',
        _rid: 'emulator',
        id: 'emulator',
        _dbs: '//dbs/',
        media: '//media/',
        addresses: '//addresses/',
        writableLocations: [location],
        readableLocations: [location],
        enableMultipleWriteLocations: multipleWriteRegions,
        userReplicationPolicy: { asyncReplication: false, minReplicaSetSize: 1, maxReplicasetSize: 4 },
        userConsistencyPolicy: { defaultConsistencyLevel: 'Session' },
        systemReplicationPolicy: { minReplicaSetSize: 1, maxReplicasetSize: 4 },
        readPolicy: { primaryReadCoefficient: 1, secondaryReadCoefficient: 1 },
        queryEngineConfiguration: '{}',
      },
    }
  },
}
