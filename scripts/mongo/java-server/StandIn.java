import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.util.List;

/** mongo-java-server on a free port of this machine, which it prints. Ends when its input does. */
public final class StandIn {
  public static void main(String[] args) throws Exception {
    var backend = new MemoryBackend();
    // It says of itself that it is 3.6, which the driver no longer speaks to. What we ask of it, it does as later versions do.
    backend.version(new MongoVersion() {
      public List<Integer> getVersionArray() {
        return List.of(7, 0, 0);
      }

      public int getWireVersion() {
        return 21;
      }
    });
    var server = new MongoServer(backend);
    server.bind("127.0.0.1", args.length > 0 ? Integer.parseInt(args[0]) : 0);
    System.out.println(server.getLocalAddress().getPort());
    while (System.in.read() >= 0) {}
    server.shutdownNow();
  }
}
