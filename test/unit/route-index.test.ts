import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { seededRandom } from '../../src/load/arrivals/random.ts';
import { RouteIndex } from '../../src/routes/route-index.ts';
import { DIST } from '../support/dist.ts';

const index = new RouteIndex(path.join(DIST, 'routes.cjs'));
after(() => index.dispose());

/** The routes of some files, and nothing else in the index. */
async function routesOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  for (const [file, source] of Object.entries(files)) index.update(file, source);
  const routes = await index.all();
  for (const file of Object.keys(files)) index.remove(file);
  return routes.map(({ method, path, line }) => `${method ?? '*'} ${path}@${line}`).sort();
}

/** Small programs, one a point: their lines by file, and the routes with the line they are declared at. */
const PROGRAMS: readonly {
  readonly promise: string;
  readonly files: Readonly<Record<string, readonly string[]>>;
  readonly routes: readonly string[];
}[] = [
  {
    promise: 'a module under another name, and a method in a variable',
    files: {
      '/a/m.py': [
        'import fastapi as fa',
        'app = fa.FastAPI()',
        'x = app.get',
        '@app.get("/a")',
        'def a(): pass',
        '@x("/b")',
        'def b(): pass',
      ],
    },
    routes: ['GET /a@4', 'GET /b@6'],
  },
  {
    promise: 'a loop over routers',
    files: {
      '/a/m.py': [
        'from fastapi import FastAPI',
        'from r import one, two',
        'app = FastAPI()',
        'for r in (one, two):',
        '    app.include_router(r, prefix="/api")',
        '',
      ],
      '/a/r.py': [
        'from fastapi import APIRouter',
        'one=APIRouter()',
        'two=APIRouter(prefix="/t")',
        '@one.get("/1")',
        'def f(): pass',
        '@two.get("/2")',
        'def g(): pass',
      ],
    },
    routes: ['GET /api/1@4', 'GET /api/t/2@6'],
  },
  {
    promise: 'relative imports of modules in a package',
    files: {
      '/a/app/__init__.py': [''],
      '/a/app/main.py': [
        'from fastapi import FastAPI',
        'from .routers import items, users',
        'app=FastAPI()',
        'app.include_router(items.router)',
        'app.include_router(users.router, prefix="/u")',
        '',
      ],
      '/a/app/routers/items.py': [
        'from fastapi import APIRouter',
        'router=APIRouter(prefix="/items")',
        '@router.get("/")',
        'async def f(): pass',
      ],
      '/a/app/routers/users.py': [
        'from fastapi import APIRouter',
        'router=APIRouter()',
        '@router.get("/me")',
        'async def f(): pass',
      ],
    },
    routes: ['GET /items/@3', 'GET /u/me@3'],
  },
  {
    promise: 'a function that is given the app behind a comment',
    files: {
      '/a/m.py': [
        'from fastapi import FastAPI',
        'app = FastAPI()',
        'def setup(',
        '    # whatever is served',
        '    given, prefix,  # with a slash',
        '):',
        '    given.add_api_route(prefix + "/a", h, methods=["GET"])',
        'setup(',
        '    # the one app',
        '    app, "/p",',
        ')',
        '',
      ],
    },
    routes: ['GET /p/a@7'],
  },
  {
    promise: 'a router a package hands on',
    files: {
      '/a/app/__init__.py': [''],
      '/a/app/main.py': [
        'from fastapi import FastAPI',
        'from app.routers import api',
        'app=FastAPI()',
        'app.include_router(api, prefix="/v1")',
        '',
      ],
      '/a/app/routers/__init__.py': ['from .items import router as api', '__all__=["api"]'],
      '/a/app/routers/items.py': [
        'from fastapi import APIRouter',
        'router=APIRouter()',
        '@router.get("/x")',
        'def f(): pass',
      ],
    },
    routes: ['GET /v1/x@3'],
  },
  {
    promise: 'a dict and a nameless parameter are no apps',
    files: {
      '/a/m.py': ['def f(app: dict):', '    app.get("/x")', '', 'def g(app):', '    app.post("/y", 1)', ''],
    },
    routes: [],
  },
  {
    promise: 'a decorator between, and no other decorator of an app',
    files: {
      '/a/m.py': [
        'from flask import Flask',
        'from functools import wraps',
        'app = Flask(__name__)',
        '@app.route("/a", methods=["post"])',
        '@login_required',
        'def a(): pass',
        '@app.route(rule="/b")',
        'def b(): pass',
        '@app.errorhandler(404)',
        'def e(x): pass',
        'app.logger.info("/x")',
        '@app.cli.command("x")',
        'def c(): pass',
        'app.config.get("/x")',
        '',
      ],
    },
    routes: ['GET /b@7', 'POST /a@4'],
  },
  {
    promise: 'a loop over paths, but not one over what only runs',
    files: {
      '/a/m.py': [
        'from flask import Flask',
        'app = Flask(__name__)',
        'for p in ["/a","/b"]:',
        '    app.add_url_rule(p, view_func=lambda: 1)',
        'for q in load():',
        '    app.add_url_rule(q, view_func=f)',
        '',
      ],
    },
    routes: ['GET /a@4', 'GET /b@4'],
  },
  {
    promise: 'the current app and a request path in a hook are none',
    files: {
      '/a/m.py': [
        'from flask import Flask, current_app, request',
        'app = Flask(__name__)',
        '@app.before_request',
        'def b():',
        '    if request.path == "/x": return',
        '    current_app.extensions.get("/x")',
        '',
      ],
    },
    routes: [],
  },
  {
    promise: 'a framework that is not known',
    files: {
      '/a/m.py': ['from sanic import Sanic', 'app = Sanic("x")', '@app.get("/a")', 'def a(r): pass'],
    },
    routes: [],
  },
  {
    promise: 'clients, maps, and what a request holds are no apps',
    files: {
      '/a/m.js': [
        "const app = require('express')();",
        'const client = { get(p, f) {} };',
        "client.get('/x', () => {});",
        "new Map().get('/x', 1);",
        "app.locals.get('/x', 1);",
        "app.post('/y', (req, res) => { req.app.get('/z', 1); res.get('/q', 2); });",
        '',
      ],
    },
    routes: ['POST /y@6'],
  },
  {
    promise: 'a name that means something else inside',
    files: {
      '/a/m.js': [
        "const express = require('express');",
        'const app = express();',
        "function t(app) { app.get('/shadow', () => {}); }",
        't(new Map());',
        "import('x').then((app) => app.get('/s2', f));",
        "{ const app = new Map(); app.get('/s3', 1); }",
        '',
      ],
    },
    routes: [],
  },
  {
    promise: 'imports under other names, types, all',
    files: {
      '/a/m.ts': [
        "import e, { Router as R } from 'express';",
        'const app: e.Express = e();',
        'const r = R();',
        "app.use('/p', r);",
        "r.get<unknown>('/x', h);",
        "r.route('/z').all(h).get(h);",
        '',
      ],
    },
    routes: ['* /p/z@6', 'GET /p/x@5', 'GET /p/z@6'],
  },
  {
    promise: 'functions that are given the app',
    files: {
      '/a/m.js': [
        "const express = require('express');",
        "const routes = require('./r');",
        'const app = express();',
        'routes(app);',
        "require('./s')(app, '/pre');",
        '',
      ],
      '/a/r.js': ['module.exports = (app) => {', "  app.get('/r', h);", '};', ''],
      '/a/s.js': ['module.exports = function (router, base) {', "  router.put(base + '/s', h);", '};', ''],
    },
    routes: ['GET /r@2', 'PUT /pre/s@2'],
  },
  {
    promise: 'a router that is a field',
    files: {
      '/a/m.ts': [
        "import { Router } from 'express';",
        'class C {',
        "  public readonly path = '/c';",
        '  public router = Router();',
        '  constructor() { this.init(); }',
        '  private init = () => {',
        '    this.router.get(this.path, h);',
        '  };',
        '}',
        'export default new C();',
        '',
      ],
    },
    routes: ['GET /c@7'],
  },
  {
    promise: 'a default export handed on',
    files: {
      '/a/m.js': [
        "import express from 'express';",
        "import * as routers from './r/index.js';",
        'const app = express();',
        "app.use('/u', routers.users);",
        "app.use('/o', routers.default);",
        '',
      ],
      '/a/r/index.js': ["export { default as users } from './users.js';", "export { default } from './other.js';"],
      '/a/r/users.js': [
        "import { Router } from 'express';",
        'const r = Router();',
        "r.get('/', h);",
        'export default r;',
      ],
      '/a/r/other.js': ["import { Router } from 'express';", "export default Router().get('/q', h);"],
    },
    routes: ['GET /o/q@2', 'GET /u@3'],
  },
  {
    promise: 'a table of routers, looped over',
    files: {
      '/a/m.js': [
        "const express = require('express');",
        'const app = express();',
        "const list = [{ path: '/a', router: require('./a') }];",
        'list.forEach(({ path, router }) => app.use(path, router));',
        'list.forEach((r) => { app.use(r.path, r.router); });',
        '',
      ],
      '/a/a.js': ["const r = require('express').Router();", "r.get('/x', h);", 'module.exports = r;'],
    },
    routes: ['GET /a/x@2'],
  },
  {
    promise: 'plugins in plugins',
    files: {
      '/a/m.js': [
        "import Fastify from 'fastify';",
        'const f = Fastify();',
        'f.register(async function (a) {',
        "  a.register(async (b) => { b.get('/x', h); }, { prefix: '/b' });",
        "}, { prefix: '/a' });",
        "f.inject({ url: '/x' });",
        '',
      ],
    },
    routes: ['GET /a/b/x@4'],
  },
  {
    promise: 'an app built in a function',
    files: {
      '/a/app.js': [
        "import Fastify from 'fastify';",
        "import routes from './routes.js';",
        'export function build(opts = {}) {',
        '  const app = Fastify(opts);',
        "  app.register(routes, { prefix: 'v1' });",
        '  return app;',
        '}',
        '',
      ],
      '/a/routes.js': [
        'export default async function (fastify, opts) {',
        "  fastify.get('/x', { schema }, h);",
        "  fastify.route({ method: 'GET', path: '/y', handler });",
        '}',
      ],
    },
    routes: ['GET /v1/x@2', 'GET /v1/y@3'],
  },
  {
    promise: 'a chain, and no client',
    files: {
      '/a/m.ts': [
        "import { hc } from 'hono/client';",
        "const client = hc('/');",
        "client.api.get('/x', 1);",
        "import { Hono } from 'hono';",
        'const app = new Hono();',
        "const routes = app.get('/a', (c) => c.text('')).post('/b', h);",
        'app.notFound(h);',
        '',
      ],
    },
    routes: ['GET /a@6', 'POST /b@6'],
  },
  {
    promise: 'a route with a name',
    files: {
      '/a/m.js': [
        "const Koa = require('koa'); const Router = require('@koa/router');",
        'const app = new Koa(); const r = new Router();',
        "r.get('x', '/x', h);",
        "r.redirect('/old', '/new');",
        "r.get('/a', m1, m2);",
        'app.use(r.routes());',
        '',
      ],
    },
    routes: ['GET /a@5', 'GET /x@3'],
  },
  {
    promise: 'a method that handles requests',
    files: {
      '/a/m.ts': [
        "import * as http from 'http';",
        "import url from 'url';",
        'class S {',
        '  start() { http.createServer(this.handle.bind(this)).listen(1); }',
        '  handle(req: http.IncomingMessage, res: any) {',
        '    const u = url.parse(req.url!, true);',
        "    if (u.pathname === '/a' && req.method === 'PUT') return;",
        "    if (req.method !== 'GET') return;",
        "    if (u.pathname == '/b') return;",
        "    if (u.query === '/no') return;",
        "    if (req.url === '/c' || req.url === '/d') return;",
        '  }',
        '}',
        '',
      ],
    },
    routes: ['* /b@9', '* /c@11', '* /d@11', 'PUT /a@7'],
  },
  {
    promise: 'one of several methods, tested with the path or around it',
    files: {
      '/a/m.js': [
        "const http = require('http');",
        'http.createServer((req, res) => {',
        "  if ((req.method === 'GET' || req.method === 'HEAD') && req.url === '/health') return;",
        "  if (req.method === 'PUT' || req.method === 'POST') {",
        "    if (req.url === '/predict') return;",
        "    if (req.method === 'PUT' && req.url === '/model') return;",
        '  }',
        '});',
        '',
      ],
    },
    routes: ['GET /health@3', 'HEAD /health@3', 'POST /predict@5', 'PUT /model@6', 'PUT /predict@5'],
  },
  {
    promise: 'requests that are sent',
    files: {
      '/a/m.js': [
        "const http = require('http');",
        "http.get('/x', (res) => {});",
        "http.request({ path: '/y', method: 'POST' });",
        "if (process.env.url === '/x') {}",
        '',
      ],
    },
    routes: [],
  },
  {
    promise: 'a client session is none, a typed app is one',
    files: {
      '/a/m.py': [
        'import aiohttp',
        'from aiohttp import web',
        'async def f():',
        '    async with aiohttp.ClientSession() as s:',
        '        await s.get("/x")',
        '        async with s.post("/y") as r: pass',
        'async def g(app: web.Application):',
        '    app.router.add_get("/z", f)',
        '',
      ],
    },
    routes: ['GET /z@8'],
  },
  {
    promise: 'an include in an include; another path function',
    files: {
      '/p/proj/urls.py': [
        'from django.urls import path, include',
        'from rest_framework import routers',
        'r = routers.DefaultRouter()',
        'r.register("users", V)',
        'urlpatterns = [path("api/", include(r.urls)), path("a/", include([path("b/", v)]))]',
        '',
      ],
      '/p/x.py': ['from os import path', 'path.join("a")', 'urlpatterns=[path("x", 1)]'],
    },
    routes: ['* /a/b/@5'],
  },
  {
    promise: 'regular expressions that say a whole path, in Express',
    files: {
      '/a/m.js': [
        "const express = require('express');",
        'const app = express();',
        'const api = express.Router();',
        'app.get(/^\\/items\\/(\\d+)$/, h);',
        "app.post([/^\\/a\\.json$/, '/b'], h);",
        'app.get(/^\\/users\\/(?<name>[a-z]+)\\/?$/, h);',
        'app.get(/fly$/, h);',
        'app.get(/^\\/open/, h);',
        'app.get(/^\\/maybe(\\/\\d+)?$/, h);',
        'app.get(/^\\/v\\d+\\/x$/, h);',
        'app.get(/^\\/(?!admin)[^/]+$/, h);',
        'app.get(/^\\/one$|^\\/two$/, h);',
        "api.get('/z', h);",
        'app.use(/^\\/api/, api);',
        "api.get('/y', h);",
        '',
      ],
    },
    routes: [
      'GET /api/y@15',
      'GET /api/z@13',
      'GET /items/:arg1@4',
      'GET /users/:name/@6',
      'POST /a.json@5',
      'POST /b@5',
    ],
  },
  {
    promise: 'an app of one framework under that of another',
    files: {
      '/a/m.py': [
        'from starlette.applications import Starlette',
        'from starlette.routing import Route, Mount',
        'from fastapi import FastAPI',
        'api = FastAPI()',
        '@api.get("/x")',
        'def x(): pass',
        'app = Starlette(routes=[Mount("/api/", app=api), Route("/h", lambda r: r)])',
        '',
      ],
    },
    routes: ['GET /api/x@5', 'GET /h@7'],
  },
  {
    promise: 'an app that is a field',
    files: {
      '/a/m.py': [
        'from fastapi import FastAPI, APIRouter',
        'class S:',
        '    def __init__(self):',
        '        self.app = FastAPI()',
        '        self.setup()',
        '    def setup(self):',
        '        self.app.add_api_route("/p", self.p, methods=["POST"])',
        '        @self.app.get("/q")',
        '        def q(): pass',
        '    def p(self): pass',
        '    def get(self, x): pass',
        'S().get("/no")',
        '',
      ],
    },
    routes: ['GET /q@8', 'POST /p@7'],
  },
  {
    promise: 'a file that is being written',
    files: {
      '/a/m.py': [
        'from fastapi import FastAPI',
        'app = FastAPI()',
        '@app.get("/a")',
        'def a(:',
        '    x = (',
        '',
        '@app.get("/b")',
        'def b(): pass',
        '',
      ],
    },
    routes: ['GET /a@3', 'GET /b@7'],
  },
  {
    promise: 'a deployment around an app',
    files: {
      '/a/m.py': [
        'from fastapi import FastAPI',
        'from ray import serve',
        'app = FastAPI()',
        '@serve.deployment',
        '@serve.ingress(app)',
        'class M:',
        '    @app.post("/predict")',
        '    async def predict(self, b): pass',
        '',
      ],
    },
    routes: ['POST /predict@7'],
  },
  {
    promise: 'a path that is one of two is not known, a prefix that is one of two is said to be',
    files: {
      '/a/m.py': [
        'from fastapi import APIRouter, FastAPI',
        'def joined(a, b):',
        '    if a == "":',
        '        return "/"',
        '    return a + b',
        'app = FastAPI()',
        '@app.get(joined(x, "/livez"))',
        'def live(): pass',
        '@app.get("/" if x else "/y")',
        'def either(): pass',
        'router = APIRouter(prefix="/a" if x else "/b")',
        '@router.get("/x")',
        'def f(): pass',
      ],
    },
    routes: ['GET /{prefix:path}/x@12'],
  },
  {
    promise: 'branches',
    files: {
      '/a/m.py': [
        'from fastapi import FastAPI',
        'import os',
        'if os.environ.get("X"):',
        '    app = FastAPI(a=1)',
        'else:',
        '    app = FastAPI()',
        '',
        '@app.get("/a")',
        'def a(): pass',
        'try:',
        '    import x',
        'except ImportError:',
        '    @app.get("/b")',
        '    def b(): pass',
        'with x as y:',
        '    @app.get("/c")',
        '    def c(): pass',
      ],
    },
    routes: ['GET /a@8', 'GET /b@13', 'GET /c@16'],
  },
  {
    promise: 'a test client named like the app',
    files: {
      '/a/m.py': [
        'from fastapi.testclient import TestClient',
        'from main import app',
        'app = TestClient(app)',
        'app.get("/x")',
        '',
      ],
      '/a/main.py': ['from fastapi import FastAPI', 'app = FastAPI()', ''],
    },
    routes: [],
  },
  {
    promise: 'a fixture',
    files: {
      '/a/m.py': [
        'import pytest',
        '@pytest.fixture',
        'def app():',
        '    from fastapi import FastAPI',
        '    return FastAPI()',
        'def test(app, client):',
        '    client.get("/x")',
        '    @app.get("/inner")',
        '    def x(): pass',
        '',
      ],
    },
    routes: [],
  },
  {
    promise: 'a table of paths and routers',
    files: {
      '/a/m.js': [
        "const express = require('express');",
        "const auth = require('./a');",
        'const router = express.Router();',
        'const defaultRoutes = [',
        "  { path: '/auth', route: auth },",
        "  { path: '/docs', route: require('./b') },",
        '];',
        'defaultRoutes.forEach((route) => {',
        '  router.use(route.path, route.route);',
        '});',
        'const app = express();',
        "app.use('/v1', router);",
        '',
      ],
      '/a/a.js': ["const r = require('express').Router();", "r.get('/x', h);", 'module.exports = r;'],
      '/a/b.js': ["const r = require('express').Router();", "r.get('/y', h);", 'module.exports = r;'],
    },
    routes: ['GET /v1/auth/x@2', 'GET /v1/docs/y@2'],
  },
  {
    promise: 'entries of an object',
    files: {
      '/a/m.ts': [
        "import { Hono } from 'hono';",
        "const a = new Hono().get('/1', h);",
        "const b = new Hono().get('/2', h);",
        'const app = new Hono();',
        "for (const [p, r] of Object.entries({ '/a': a, '/b': b })) app.route(p, r);",
        "for (const p of ['/x', '/y']) { app.get(p, h); }",
        '',
      ],
    },
    routes: ['GET /a/1@2', 'GET /b/2@3', 'GET /x@6', 'GET /y@6'],
  },
  {
    promise: 'pairs',
    files: {
      '/a/m.py': [
        'from fastapi import FastAPI, APIRouter',
        'one = APIRouter()',
        'two = APIRouter()',
        'app = FastAPI()',
        '@one.get("/1")',
        'def f(): pass',
        '@two.get("/2")',
        'def g(): pass',
        'for prefix, r in [("/a", one), ("/b", two)]:',
        '    app.include_router(r, prefix=prefix)',
        'for p, r in {"/c": one}.items():',
        '    app.include_router(r, prefix=p)',
        '',
      ],
    },
    routes: ['GET /a/1@5', 'GET /b/2@7', 'GET /c/1@5'],
  },
  {
    promise: 'a service of BentoML 1.1',
    files: {
      '/a/m.py': [
        'import bentoml',
        'svc = bentoml.Service("x")',
        '@svc.api(input=1, route="/r")',
        'def f(x): pass',
        '@svc.api(input=1)',
        'def g(x): pass',
        '',
      ],
    },
    routes: ['POST /g@5', 'POST /r@3'],
  },
  {
    promise: 'an API with a path of its own',
    files: {
      '/a/m.py': [
        'from litserve import LitServer, LitAPI',
        'class A(LitAPI): pass',
        'def main():',
        '    a = A(api_path="/z")',
        '    s = LitServer(a)',
        '    s.run()',
        'P="/c"',
        'LitServer(A(), api_path=P)',
        '',
      ],
    },
    routes: ['POST /c@8', 'POST /z@5'],
  },
  {
    promise: 'an app that is awaited',
    files: {
      '/a/m.ts': [
        "import express from 'express';",
        'export const createApp = async (): Promise<express.Express> => {',
        '  const app = express();',
        "  app.get('/a', h);",
        '  await setup(app);',
        '  return app;',
        '};',
        'async function setup(app: express.Application) {',
        "  app.get('/b', h);",
        '}',
        'const s = await createApp();',
        "s.get('/c', h);",
        '',
      ],
    },
    routes: ['GET /a@4', 'GET /b@9', 'GET /c@12'],
  },
  {
    promise: 'an export in the middle',
    files: {
      '/a/m.js': [
        "const express = require('express');",
        'const api = express.Router();',
        'module.exports = api;',
        "function x() { api.get('/late', h); }",
        'x();',
        'const { Router } = express;',
        'const r2 = Router();',
        "api.use('/r2', r2);",
        "r2.delete('/q', h);",
        'var router = (module.exports = express.Router());',
        "router.get('/w', h);",
      ],
    },
    routes: ['DELETE /r2/q@9', 'GET /late@4', 'GET /w@11'],
  },
];

for (const { promise, files, routes } of PROGRAMS) {
  const [first] = Object.keys(files);
  test(`${path.extname(first!).slice(1)}: ${promise}`, async () => {
    const sources = Object.fromEntries(Object.entries(files).map(([file, lines]) => [file, lines.join('\n')]));
    assert.deepEqual(await routesOf(sources), routes);
  });
}

test('after any edit the routes are those of a file never seen before', async (t) => {
  const fresh = new RouteIndex(path.join(DIST, 'routes.cjs'));
  t.after(() => fresh.dispose());
  const folder = path.resolve('test/samples/routes');
  const random = seededRandom(3);
  for (const sample of [
    'fastapi-full-stack/app/api/routes/items.py',
    'express-realworld/app.js',
    'fastify-typescript/src/users.ts',
    'node-http-classifier/server.mjs',
  ]) {
    const file = path.join(folder, sample);
    const original = readFileSync(file, 'utf8');
    const words = original.split(/\b/);
    let source = original;
    for (let edit = 0; edit < 60; edit++) {
      const at = Math.floor(random() * source.length);
      const cut = random() < 0.5 ? Math.floor(random() * 12) : 0;
      const added = random() < 0.2 ? '\n' : random() < 0.2 ? '"' : words[Math.floor(random() * words.length)]!;
      source = edit % 15 === 14 ? original : source.slice(0, at) + added + source.slice(at + cut);
      index.update(file, source);
      fresh.remove(file);
      fresh.update(file, source);
      const [found, expected] = [await index.routesOf(file), await fresh.routesOf(file)];
      assert.deepEqual(found, expected, `${sample}, edit ${edit}`);
    }
    index.remove(file);
    fresh.remove(file);
  }
});

test('a change in one file moves the routes of another', async () => {
  const main = (prefix: string): string => `const app = require('express')();\napp.use('${prefix}', require('./r'));\n`;
  index.update('/a/r.js', "const r = require('express').Router();\nr.get('/x', h);\nmodule.exports = r;\n");
  index.update('/a/main.js', main('/one'));
  assert.deepEqual(
    (await index.routesOf('/a/r.js')).map((route) => route.path),
    ['/one/x'],
  );
  index.update('/a/main.js', main('/two'));
  assert.deepEqual(
    (await index.routesOf('/a/r.js')).map((route) => route.path),
    ['/two/x'],
  );
  index.remove('/a/main.js');
  assert.deepEqual(
    (await index.routesOf('/a/r.js')).map((route) => route.path),
    ['/x'],
  );
  index.remove('/a/r.js');
  assert.deepEqual(await index.all(), []);
});

test('sources that nobody writes are answered all the same', async () => {
  const express = "const e = require('express')();\ne.get('/x', h);\n";
  const noise = Array.from({ length: 20_000 }, (_, at) => String.fromCharCode((at * 7919) % 65_536)).join('');
  const aliases = Array.from({ length: 3000 }, (_, at) => `const a${at + 1} = a${at};`).join('\n');
  const crosswise = Array.from(
    { length: 24 },
    (_, at) => `const r${at + 1} = Router(); r${at + 1}.use('/a', r${at}); r${at + 1}.use('/b', r${at});`,
  );
  assert.deepEqual(await routesOf({ '/noise.py': noise, '/x.js': express }), ['GET /x@2']);
  assert.deepEqual(await routesOf({ '/deep.js': `${'('.repeat(20_000)}1${')'.repeat(20_000)}`, '/x.js': express }), [
    'GET /x@2',
  ]);
  assert.deepEqual(await routesOf({ '/long.js': `s = ${Array(20_000).fill("'a'").join(' + ')}`, '/x.js': express }), [
    'GET /x@2',
  ]);
  assert.deepEqual(
    await routesOf({ '/alias.js': `let a0 = a3000;\n${aliases}\na3000.get('/y', h);`, '/x.js': express }),
    ['GET /x@2'],
  );
  assert.ok(
    (
      await routesOf({
        '/cross.js': `const { Router } = require('express'); const r0 = Router(); r0.get('/x', h);\n${crosswise.join('\n')}`,
      })
    ).length > 0,
  );
  assert.deepEqual(
    await routesOf({
      '/self.js': "let a = a; a.get('/x', 1); class C extends C {} new C().y.get('/y', 1); const { z } = z;",
    }),
    [],
  );
  assert.deepEqual(
    await routesOf({
      '/u.py':
        '\ufeff# 😀\r\nfrom fastapi import FastAPI\r\napp = FastAPI()\r\ns = "😀"\r\n@app.get("/ü/{id}")\r\ndef f(): pass\r\n',
    }),
    ['GET /ü/{id}@5'],
  );
});

test('the routes of the examples are found', async () => {
  const read = (file: string): Record<string, string> => ({ [path.resolve(file)]: readFileSync(file, 'utf8') });
  const plain = async (file: string): Promise<string[]> =>
    (await routesOf(read(file))).map((route) => route.replace(/@\d+$/, ''));
  assert.deepEqual(await plain('examples/fastapi-sklearn/server.py'), ['GET /healthz', 'POST /predict', 'POST /rank']);
  assert.deepEqual(await plain('examples/node-classifier/server.mjs'), ['GET /healthz', 'POST /predict']);
});

test('this program, which serves nothing, has no routes', async () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  assert.ok(files.length > 100);
  const sources = files.map(
    (file) => [path.resolve('src', file), readFileSync(path.join('src', file), 'utf8')] as const,
  );
  assert.deepEqual(await routesOf(Object.fromEntries(sources)), []);
});

test('what the thread cannot do is said, and it starts again', async () => {
  const missing = new RouteIndex(path.join(DIST, 'no-such-program.cjs'));
  let lost = 0;
  missing.onLost = () => lost++;
  missing.update('/a.py', '');
  await assert.rejects(missing.all(), /^Error: Routes could not be looked for: /);
  assert.equal(lost, 1, 'who told it of files is told that they are gone');
  missing.dispose();
  const closed = new RouteIndex(path.join(DIST, 'routes.cjs'));
  assert.deepEqual(await closed.all(), []);
  closed.update('/a.py', 'x = 1');
  const asked = closed.all();
  closed.dispose();
  await assert.rejects(asked, /closed/);
});
