import { chromium } from './kit/chromium.ts';
import { describeEngine } from './kit/scenarios.ts';

describeEngine(chromium);
