import { aiohttp } from './frameworks/aiohttp.ts';
import { bentoml } from './frameworks/bentoml.ts';
import { django } from './frameworks/django.ts';
import { express } from './frameworks/express.ts';
import { fastapi } from './frameworks/fastapi.ts';
import { fastify } from './frameworks/fastify.ts';
import { flask } from './frameworks/flask.ts';
import { hono } from './frameworks/hono.ts';
import { koa } from './frameworks/koa.ts';
import { litserve } from './frameworks/litserve.ts';
import { nodeHttp } from './frameworks/node-http.ts';
import { restFramework } from './frameworks/rest-framework.ts';
import { starlette } from './frameworks/starlette.ts';
import type { Module } from './program/module.ts';
import { Program } from './program/program.ts';
import type { Route } from './route.ts';

const FRAMEWORKS = [
  fastapi,
  starlette,
  flask,
  django,
  restFramework,
  aiohttp,
  litserve,
  bentoml,
  express,
  fastify,
  hono,
  koa,
  nodeHttp,
] as const;

/** The routes a set of files declares together, by file and line. */
export function findRoutes(modules: ReadonlyMap<string, Module>): Route[] {
  const byPlace = (one: Route, other: Route): number =>
    one.file < other.file ? -1 : one.file > other.file ? 1 : one.line - other.line;
  return new Program(modules, FRAMEWORKS).routes().sort(byPlace);
}
