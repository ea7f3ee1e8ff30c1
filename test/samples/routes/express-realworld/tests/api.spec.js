const request = require('supertest');
const app = require('../app');

describe('api', () => {
  it('answers', async () => {
    await request(app).get('/api/user').expect(401);
    const agent = request.agent(app);
    await agent.post('/api/users/login', {});
  });
});
