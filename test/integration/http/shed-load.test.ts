import { setTimeout as pause } from 'node:timers/promises';
import { Controller, Get } from '@nestjs/common';
import request from 'supertest';
import { Open } from '../../../src/platform/http/allows.decorator.js';
import { Pressure, PRESSURE_LIMITS, type PressureLimits } from '../../../src/platform/http/pressure.js';
import { shedLoad } from '../../../src/platform/http/shed-load.js';
import { smallApi, type SmallApi } from '../../support/small-api.js';

@Controller()
class Served {
  @Get('work')
  @Open('nothing of anybody')
  work(): object {
    return { done: true };
  }

  @Get('health/live')
  @Open('nothing of anybody')
  live(): object {
    return { status: 'live' };
  }
}

describe('a gateway that has more to do than it can', () => {
  const pressure = { isTooHigh: false };
  let api: SmallApi;
  beforeAll(async () => {
    api = await smallApi([Served], {}, undefined, [], (fastify) => {
      shedLoad(fastify, pressure);
    });
  });
  afterAll(() => api.close());

  it('says so with 503 and whom to call, reads nothing, and takes the next call once it can', async () => {
    const get = (path: string) => request(api.fastify.server).get(path);
    await get('/work').expect(200, { done: true });
    pressure.isTooHigh = true;
    const { body } = await get('/work')
      .expect(503)
      .expect('content-type', /^application\/problem\+json/)
      .expect('retry-after', '5');
    expect(body).toMatchObject({
      type: 'https://gateway.example/problems/overloaded',
      contact: 'duty desk, 01632 960000',
    });
    await request(api.fastify.server).post('/work').set('content-type', 'text/odd').send('unread').expect(503);
    await get('/health/live').expect(200, { status: 'live' });
    pressure.isTooHigh = false;
    await get('/work').expect(200, { done: true });
  });
});

describe('the pressure on a process', () => {
  async function afterLooks(limits: PressureLimits, looks: number): Promise<boolean> {
    const pressure = new Pressure(limits);
    try {
      await pause(looks * 1_000 + 500);
      return pressure.isTooHigh;
    } finally {
      pressure.close();
    }
  }

  it('is not too high for one that has little to do', async () => {
    expect(await afterLooks(PRESSURE_LIMITS, 4)).toBe(false);
  });

  it('is too high once its loop was late for three seconds in a row, and not for one', async () => {
    const neverInTime = { ...PRESSURE_LIMITS, loopDelayMilliseconds: -1_000 };
    const [afterOne, afterFour] = await Promise.all([afterLooks(neverInTime, 1), afterLooks(neverInTime, 4)]);
    expect({ afterOne, afterFour }).toEqual({ afterOne: false, afterFour: true });
  });

  it('is too high as soon as its heap is nearly full', async () => {
    expect(await afterLooks({ ...PRESSURE_LIMITS, heapShare: 0 }, 1)).toBe(true);
  });
});
