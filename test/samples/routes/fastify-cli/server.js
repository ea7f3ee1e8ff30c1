'use strict'

const Fastify = require('fastify')

const app = Fastify({ logger: true })
app.register(require('./app.js'))
app.listen({ port: process.env.PORT || 3000 })
