import { Hono } from 'hono';

const reviews = new Hono().get('/', (c) => c.json([])).post('/', (c) => c.json({}, 201));

const books = new Hono()
  .get('/', (c) => c.json([]))
  .get('/:id', (c) => c.json(c.req.param('id')))
  .route('/:id/reviews', reviews);

export default books;
