const assert = require('node:assert/strict')

const { createResourceServer } = require('@bearward/core')
const express = require('@bearward/express')
const koa = require('@bearward/koa')
const { startAuthorizationServer } = require('@bearward/testing')

for (const exported of [
  createResourceServer,
  express.requireToken,
  koa.requireToken,
  startAuthorizationServer,
]) {
  assert.equal(typeof exported, 'function')
}
assert.equal(express.createResourceServer, createResourceServer)
