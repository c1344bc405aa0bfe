import { Trans, useLingui } from '@lingui/react';
import { CloudOff, Laptop, Smartphone } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { listTime, localesOf } from '../../ui/dates.ts';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Pane, PaneHeader } from '../../ui/pane.tsx';
import { SettingsGroup, SettingsRow } from '../../ui/settings.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import type { Device, Outcome } from '../frame/account.ts';
import { useFrame } from '../frame/frame.ts';
import { useBack } from '../frame/go.ts';
import { useNow } from '../frame/now.ts';
import { paths } from '../frame/paths.ts';
import { troubleWords } from '../frame/refusal-words.ts';
import { useTitle } from '../frame/title.ts';
import { LinkRow } from './link-row.tsx';

/** Where one is signed in. Only the server knows, so this page needs it and says so. */
export function Devices() {
  const { i18n } = useLingui();
  const { account, toast } = useFrame();
  const back = useBack(paths.settings);
  const [found, setFound] = useState<Outcome<readonly Device[]>>();
  const [leaving, setLeaving] = useState<Device>();
  useTitle(i18n._('Devices'));
  const load = useCallback(async () => setFound(await account.devices()), [account]);
  useEffect(() => void load(), [load]);
  const revoke = async ({ id }: Device) => {
    setLeaving(undefined);
    const outcome = await account.revoke(id);
    toast({ text: outcome.kind === 'ok' ? i18n._('The device is signed out.') : troubleWords(i18n, outcome) });
    await load();
  };
  return (
    <Pane
      surface="bg"
      column="reading"
      label={i18n._('Devices')}
      header={<PaneHeader title={i18n._('Devices')} onBack={back} isBackNarrowOnly hasLine />}
    >
      <LinkRow />
      <DeviceList found={found} onRetry={() => void load()} onLeave={setLeaving} />
      <ConfirmDialog
        title={i18n._('Sign this device out?')}
        isOpen={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        confirmLabel={i18n._('Sign out')}
        isDestructive
        onConfirm={() => leaving && void revoke(leaving)}
      >
        <p>
          {i18n._('{label} stops receiving at once, and removes its messages when it next hears of it.', {
            label: leaving?.label ?? '',
          })}
        </p>
      </ConfirmDialog>
    </Pane>
  );
}

type DeviceListProps = {
  readonly found: Outcome<readonly Device[]> | undefined;
  readonly onRetry: () => void;
  readonly onLeave: (device: Device) => void;
};

function DeviceList({ found, onRetry, onLeave }: DeviceListProps) {
  const { i18n } = useLingui();
  if (!found) return <SkeletonRows kind="person" count={3} />;
  if (found.kind !== 'ok') {
    return (
      <EmptyState
        icon={CloudOff}
        title={i18n._('Not known right now')}
        text={
          found.kind === 'offline'
            ? i18n._('The list of devices is on the server, and it cannot be reached.')
            : troubleWords(i18n, found)
        }
        action={
          <Button size="s" onClick={onRetry}>
            {i18n._('Try again')}
          </Button>
        }
      />
    );
  }
  const [own, others] = [found.value.filter(({ isThis }) => isThis), found.value.filter(({ isThis }) => !isThis)];
  const lastUsedFirst = others.toSorted((one, other) => other.usedAtMs - one.usedAtMs);
  return (
    <>
      <SettingsGroup title={i18n._('This device')}>
        {own.map((device) => (
          <SettingsRow key={device.id} icon={iconOf(device)} title={device.label} note={<Place device={device} />} />
        ))}
      </SettingsGroup>
      {others.length > 0 && (
        <SettingsGroup
          title={i18n._('Other devices')}
          note={i18n._(
            'A device that was lost can be signed out here. The address is the one its network had when it signed in, as the server saw it: of a mobile or home network it says little about the place.',
          )}
        >
          {lastUsedFirst.map((device) => (
            <SettingsRow
              key={device.id}
              icon={iconOf(device)}
              title={device.label}
              note={<Place device={device} />}
              trailing={
                <Button kind="danger-plain" size="s" className="px-3" onClick={() => onLeave(device)}>
                  {i18n._('Sign out')}
                </Button>
              }
            />
          ))}
        </SettingsGroup>
      )}
    </>
  );
}

const iconOf = ({ label }: Device) => (/Android|iPhone|iPad/.test(label) ? Smartphone : Laptop);

/** When it was last used, when it signed in, and from where. */
function Place({ device }: { readonly device: Device }) {
  const { i18n } = useLingui();
  const nowMs = useNow();
  const words = { today: i18n._('Today'), yesterday: i18n._('Yesterday') };
  const timeOf = (timeMs: number) => listTime({ timeMs, nowMs }, localesOf(i18n), words);
  const signedIn = timeOf(device.signedInAtMs);
  return (
    <span className="grid">
      {!device.isThis && <span>{i18n._('Last used {when}', { when: timeOf(device.usedAtMs) })}</span>}
      <span>
        {device.address === undefined ? (
          i18n._('Signed in {when}', { when: signedIn })
        ) : (
          <Trans
            id="Signed in {when} from <0>{address}</0>"
            values={{ when: signedIn, address: device.address }}
            components={{ 0: <bdi dir="ltr" className="tabular" /> }}
          />
        )}
      </span>
    </span>
  );
}
