import { webkit } from './kit/webkit.ts';
import { describeEngine } from './kit/scenarios.ts';

describeEngine(webkit);
