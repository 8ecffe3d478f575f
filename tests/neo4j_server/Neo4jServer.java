import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.configuration.connectors.ConnectorPortRegister;
import org.neo4j.configuration.connectors.ConnectorType;
import org.neo4j.configuration.helpers.SocketAddress;
import org.neo4j.configuration.ssl.SslPolicyConfig;
import org.neo4j.configuration.ssl.SslPolicyScope;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.io.ByteUnit;
import org.neo4j.kernel.internal.GraphDatabaseAPI;

/**
 * A Neo4j that listens to Bolt on a free port of this machine alone, with authentication, for the tests.
 *
 * <p>Arguments: the folder of its data, the password of the user neo4j, the seconds after which it ends by itself. It
 * prints its port once it answers, and ends when its standard input does. It has the settings that a server has by
 * default; with -Dsmall=true it takes little memory and disk, with -Dcertificates=FOLDER (private.key, public.crt) it
 * speaks TLS only, with -Dreadonly=true its databases are not written.
 */
public final class Neo4jServer {
    public static void main(String[] arguments) {
        try {
            serve(Path.of(arguments[0]), arguments[1], Long.parseLong(arguments[2]));
        } catch (Exception error) {
            error.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private static void serve(Path home, String password, long seconds) throws Exception {
        Thread timer = new Thread(() -> {
            try {
                Thread.sleep(Duration.ofSeconds(seconds).toMillis());
            } catch (InterruptedException error) {
                return;
            }
            Runtime.getRuntime().halt(3);
        });
        timer.setDaemon(true);
        timer.start();
        boolean isNew = !Files.exists(home);
        DatabaseManagementServiceBuilder builder = new DatabaseManagementServiceBuilder(home)
                .setConfig(BoltConnector.enabled, true)
                .setConfig(BoltConnector.listen_address, new SocketAddress("127.0.0.1", 0))
                .setConfig(GraphDatabaseSettings.auth_enabled, true);
        if (Boolean.getBoolean("small")) {
            builder.setConfig(GraphDatabaseSettings.pagecache_memory, ByteUnit.mebiBytes(192))
                    .setConfig(GraphDatabaseSettings.preallocate_logical_logs, false)
                    .setConfig(GraphDatabaseSettings.logical_log_rotation_threshold, ByteUnit.mebiBytes(64));
        }
        String certificates = System.getProperty("certificates");
        if (certificates != null) {
            SslPolicyConfig policy = SslPolicyConfig.forScope(SslPolicyScope.BOLT);
            builder.setConfig(BoltConnector.encryption_level, BoltConnector.EncryptionLevel.REQUIRED)
                    .setConfig(policy.enabled, true)
                    .setConfig(policy.base_directory, Path.of(certificates));
        }
        DatabaseManagementService service = builder.build();
        if (isNew) {
            service.database("system").executeTransactionally(
                    "ALTER USER neo4j SET PASSWORD $password CHANGE NOT REQUIRED", Map.of("password", password));
        }
        if (Boolean.getBoolean("readonly")) {
            service.shutdown(); // A database that is read-only from its first start on never starts.
            service = builder.setConfig(GraphDatabaseSettings.read_only_database_default, true).build();
        }
        GraphDatabaseAPI database = (GraphDatabaseAPI) service.database("neo4j");
        int port = database.getDependencyResolver()
                .resolveDependency(ConnectorPortRegister.class)
                .getLocalAddress(ConnectorType.BOLT)
                .getPort();
        System.out.println("port " + port);
        System.out.flush();
        while (System.in.read() != -1) {
            // Whatever is written to it means nothing; only its end does.
        }
        service.shutdown();
        System.exit(0);
    }
}
