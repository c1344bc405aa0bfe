import { Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Composer } from '../ui/composer.tsx';
import { JumpToBottom } from '../ui/jump-to-bottom.tsx';
import type { ListItem } from '../ui/list-item.ts';
import { DaySeparator, HoleMarker, NotHereMarker, StaleMarker, SystemLine, UnreadDivider } from '../ui/markers.tsx';
import { MessageList } from '../ui/message-list.tsx';
import { Shelf, Specimen } from './frame.tsx';
import { daysAgo, nowMs, roughItems, says } from './samples.ts';

const nothing = () => undefined;
const actionsFor = () => [{ id: 'copy', label: 'Copy text', icon: Copy, onSelect: nothing }];

export function Messages() {
  return (
    <Specimen title="MessageList: every kind of row" surface="wash">
      <div className="h-300">
        <MessageList
          items={roughItems()}
          isGroup
          nowMs={nowMs}
          onLoadHole={nothing}
          onRetry={nothing}
          onDiscard={nothing}
          actionsFor={actionsFor}
        />
      </div>
    </Specimen>
  );
}

export function Markers() {
  return (
    <Specimen title="Markers" surface="wash">
      <DaySeparator timeMs={nowMs} nowMs={nowMs} />
      <DaySeparator timeMs={daysAgo(40)} nowMs={nowMs} />
      <SystemLine>Ingrid Berg added Jonas Lie</SystemLine>
      <UnreadDivider count={4} />
      <HoleMarker count={212} load="idle" onLoad={nothing} />
      <HoleMarker count={212} load="loading" onLoad={nothing} />
      <HoleMarker count={1} load="failed" onLoad={nothing} />
      <StaleMarker load="idle" onLoad={nothing} />
      <NotHereMarker />
      <div className="pt-4">
        <Shelf>
          <JumpToBottom newCount={0} onJump={nothing} />
          <JumpToBottom newCount={12} onJump={nothing} />
        </Shelf>
      </div>
    </Specimen>
  );
}

export function Composers() {
  const [text, setText] = useState('');
  const [long, setLong] = useState('A line\nand another\nand a third, to see it grow.');
  const [over, setOver] = useState('a'.repeat(16 * 1024 + 12));
  return (
    <Specimen title="Composer: empty, grown, too long, closed" surface="wash">
      <Composer value={text} onChange={setText} onSend={() => setText('')} placeholder="Message Harbour crew" />
      <Composer value={long} onChange={setLong} onSend={() => setLong('')} placeholder="Message Harbour crew" />
      <Composer value={over} onChange={setOver} onSend={nothing} placeholder="Message Harbour crew" />
      <Composer value="" onChange={setText} onSend={nothing} placeholder="" closedReason="You are no longer in this group." />
    </Specimen>
  );
}

/** Not a picture but a bench: the list as it behaves when rows come at both ends. */
export function LiveList() {
  const [items, setItems] = useState<readonly ListItem[]>(() => block(0, 40));
  const [first, setFirst] = useState(0);
  const older = () => {
    setFirst(first - 20);
    setItems((shown) => [...block(first - 20, 20), ...shown]);
  };
  const add = (who: 'me' | 'anna') =>
    setItems((shown) => [...shown, says(who, `New ${shown.length}`, { state: { at: who === 'me' ? 'queued' : 'sent' } })]);
  const confirm = () =>
    setItems((shown) =>
      shown.map((item) => (item.kind === 'message' ? { ...item, message: { ...item.message, state: { at: 'sent' } } } : item)),
    );
  return (
    <Specimen title="MessageList, live" surface="wash">
      <div className="h-100">
        <MessageList items={items} isGroup nowMs={nowMs} />
      </div>
      <Shelf>
        <Button size="s" kind="soft" onClick={older}>
          Load older
        </Button>
        <Button size="s" kind="soft" onClick={() => add('anna')}>
          Receive
        </Button>
        <Button size="s" kind="soft" onClick={() => add('me')}>
          Send
        </Button>
        <Button size="s" kind="soft" onClick={confirm}>
          Confirm
        </Button>
      </Shelf>
    </Specimen>
  );
}

function block(from: number, count: number): readonly ListItem[] {
  return Array.from({ length: count }, (_, i) => {
    const n = from + i;
    return says(
      n % 3 === 0 ? 'me' : n % 5 === 0 ? 'tariq' : 'anna',
      `Message ${n}. ${'And some more words. '.repeat(Math.abs(n * 7) % 9)}`,
      { id: `live ${n}` },
    );
  });
}
