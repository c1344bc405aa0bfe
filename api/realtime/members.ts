import type { ConversationId, DeviceId, Down, UserId } from '#sync-protocol';
import type { LiveStep, News, Room } from '../core/ports.ts';
import { type Backlog, slowRoom } from './backlog.ts';
import type { LiveServer, LiveSocket } from './ports.ts';

export type Member = { readonly user: UserId; readonly device: DeviceId; readonly socket: LiveSocket; readonly backlog: Backlog };

/** Who is connected here, and in which rooms they are. */
export interface Members {
  add(member: Member): void;
  remove(member: Member): void;
  all(): Iterable<Member>;
  ofDevice(device: DeviceId): readonly Member[];
  /** Brings a socket into exactly these rooms, and says whether it was elsewhere. */
  place(member: Member, rooms: readonly Room[]): boolean;
  carryOut(news: News): void;
  /** Who is in the room of a conversation, here and now. */
  usersIn(conversation: ConversationId): ReadonlySet<UserId>;
}

export function createMembers(io: LiveServer): Members {
  const bySocket = new Map<string, Member>();
  const byUser = new Map<UserId, Set<Member>>();
  const { adapter } = io.of('/');
  /** The epoch in which each conversation's room was last filled here. */
  const epochs = new Map<ConversationId, number>();
  adapter.on('delete-room', (room: Room) => {
    const place = placeOf(room);
    if (place && epochs.get(place.conversation) === place.epoch) epochs.delete(place.conversation);
  });

  function join(socket: LiveSocket, room: Room): void {
    const place = placeOf(room);
    if (place) epochs.set(place.conversation, Math.max(place.epoch, epochs.get(place.conversation) ?? 0));
    void socket.join(room);
  }

  /** The room of this epoch holds exactly these people's sockets, and the one before holds nobody. [LV-5] */
  function move({ conversation, roomEpoch, members }: Extract<LiveStep, { kind: 'move' }>): void {
    const room = `c:${conversation}:${roomEpoch}`;
    const earlier = epochs.get(conversation);
    if (earlier !== undefined && earlier > roomEpoch) return;
    if (earlier !== undefined && earlier < roomEpoch)
      io.in(`c:${conversation}:${earlier}`).socketsLeave(`c:${conversation}:${earlier}`);
    const people = new Set(members);
    for (const id of adapter.rooms.get(room) ?? []) {
      const member = bySocket.get(id);
      if (member && !people.has(member.user)) void member.socket.leave(room);
    }
    for (const user of people) for (const { socket } of byUser.get(user) ?? []) join(socket, room);
  }

  /** Encoded once for all of a room; those who are behind are only noted. [LV-4] */
  function deliver(room: Room, down: Down): void {
    const inRoom = adapter.rooms.get(room);
    if (!inRoom) return;
    for (const id of adapter.rooms.get(slowRoom) ?? []) if (inRoom.has(id)) bySocket.get(id)?.backlog.owe(down);
    io.to(room).except(slowRoom).emit('down', down);
  }

  return {
    add: (member) => {
      bySocket.set(member.socket.id, member);
      const own = byUser.get(member.user) ?? new Set();
      byUser.set(member.user, own.add(member));
    },
    remove: (member) => {
      bySocket.delete(member.socket.id);
      const own = byUser.get(member.user);
      own?.delete(member);
      if (own?.size === 0) byUser.delete(member.user);
    },
    all: () => bySocket.values(),
    ofDevice: (device) => [...bySocket.values()].filter((member) => member.device === device),
    place: ({ socket }, rooms) => {
      const wanted = new Set(rooms);
      const stale = [...socket.rooms].filter((room) => room !== socket.id && room !== slowRoom && !wanted.has(room));
      const missing = rooms.filter((room) => !socket.rooms.has(room));
      for (const room of stale) void socket.leave(room);
      for (const room of missing) join(socket, room);
      return stale.length + missing.length > 0;
    },
    usersIn: (conversation) => {
      const ids = adapter.rooms.get(`c:${conversation}:${epochs.get(conversation)}`) ?? [];
      return new Set([...ids].flatMap((id) => bySocket.get(id)?.user ?? []));
    },
    carryOut: ({ steps }) => {
      for (const step of steps) {
        if (step.kind === 'move') move(step);
        else if (step.kind === 'deliver') deliver(step.room, step.down);
        else spread(io, step);
      }
    },
  };
}

/** Encoded once, and once to each socket. */
function spread(io: LiveServer, { rooms, down }: Extract<LiveStep, { kind: 'spread' }>): void {
  // To no room would be to everybody.
  if (rooms.length > 0)
    io.to([...rooms])
      .except(slowRoom)
      .emit('down', down);
}

function placeOf(room: Room): { conversation: ConversationId; epoch: number } | undefined {
  const [kind, conversation, epoch] = room.split(':');
  return kind === 'c' ? { conversation: conversation as ConversationId, epoch: Number(epoch) } : undefined;
}
