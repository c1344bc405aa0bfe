import { Button } from '../../ui/button.tsx';
import { mayUsePasskeys } from '../frame/passkey-support.ts';

/** As high as the other ways to sign in, until they are here: what is being pressed above them must not move away. */
export function OtherWaysRoom() {
  return (
    <div aria-hidden="true" className="invisible grid gap-2.5">
      <div className="text-note">&nbsp;</div>
      {mayUsePasskeys() && <Button isWide />}
      <Button isWide />
    </div>
  );
}
