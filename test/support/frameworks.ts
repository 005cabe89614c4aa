import express5 from 'express'
import express4 from 'express4'
import Koa3 from 'koa'
import Koa2 from 'koa2'
import { createExpressApp } from './express-app.js'
import type { AppFactory } from './kit.js'
import { createKoaApp } from './koa-app.js'

/** Every adapter on every major of its framework, to build apps of one's own. `ADAPTERS` has a ready one. */
export const FRAMEWORKS: readonly (readonly [name: string, createApp: AppFactory])[] = [
  ['Express 4', (...parameters) => createExpressApp(express4, ...parameters)],
  ['Express 5', (...parameters) => createExpressApp(express5, ...parameters)],
  ['Koa 2', (...parameters) => createKoaApp(Koa2, ...parameters)],
  ['Koa 3', (...parameters) => createKoaApp(Koa3, ...parameters)],
]
