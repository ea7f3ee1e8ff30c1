'use strict'

const { test } = require('node:test')
const Fastify = require('fastify')
const items = require('../routes/items')
const helper = require('./helper')

test('root', async (t) => {
  const alone = Fastify()
  alone.register(items, { prefix: '/alone' })
  const app = await helper.build(t)
  const res = await app.inject({ method: 'GET', url: '/' })
  app.get('/example', () => res)
})
