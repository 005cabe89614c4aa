const assert = require('node:assert/strict')

const { createResourceServer } = require('@bearward/core')
const adapter = require('@bearward/koa')
const { createRedisStores } = require('@bearward/redis')
const { startAuthorizationServer } = require('@bearward/testing')

assert.equal(typeof adapter.requireToken, 'function')
assert.equal(typeof startAuthorizationServer, 'function')
assert.equal(typeof createRedisStores, 'function')
assert.equal(adapter.createResourceServer, createResourceServer)
