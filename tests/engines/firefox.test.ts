import { firefox } from './kit/firefox.ts';
import { describeEngine } from './kit/scenarios.ts';

describeEngine(firefox);
