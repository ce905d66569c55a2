import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Prints every verdict of Arus as one tab-separated line, each once, beginning with the oldest: date, fact, volume in
 * litres, status. Reads ARUS_BOOTSTRAP, ARUS_USER, ARUS_PASSWORD and, for TLS, ARUS_CA (a PEM file). The argument is the
 * descriptor file of the contracts, made by `buf build protos -o arus.binpb`.
 */
public final class Verdicts {
  public static void main(String[] arguments) throws IOException, DescriptorValidationException {
    Descriptor verdictReached = messages(Path.of(arguments[0])).get("arus.anomaly.v1.VerdictReached");
    // Keep these beside your results if a restart must not bring a repeat either.
    Map<String, Long> newest = new HashMap<>();
    try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(settings())) {
      consumer.subscribe(List.of("anomaly.verdict.v1"));
      while (true) {
        ConsumerRecords<String, byte[]> records = consumer.poll(Duration.ofMillis(500));
        for (ConsumerRecord<String, byte[]> record : records) {
          long sequence = Long.parseLong(header(record, "ce_sequence"));
          String origin = record.partition() + header(record, "ce_source");
          if (sequence <= newest.getOrDefault(origin, -1L)) continue;
          newest.put(origin, sequence);
          // A type this program does not know is skipped: topics may gain message types.
          if (header(record, "ce_type").equals(verdictReached.getFullName())) {
            print(DynamicMessage.parseFrom(verdictReached, record.value()));
          }
        }
        if (!records.isEmpty()) consumer.commitSync(); // after the work
      }
    }
  }

  private static void print(DynamicMessage verdict) {
    String volume = BigDecimal.valueOf((long) field(verdict, "volume_ul"), 6).stripTrailingZeros().toPlainString();
    String status = field(verdict, "status").toString().replace("STATUS_", "");
    String date = field(verdict, "business_date").toString();
    System.out.println(String.join("\t", date, field(verdict, "fact_id").toString(), volume, status));
    System.out.flush();
  }

  private static Object field(DynamicMessage message, String name) {
    return message.getField(message.getDescriptorForType().findFieldByName(name));
  }

  /** Returns every message type of a descriptor file by its full name; files stand after those they import. */
  private static Map<String, Descriptor> messages(Path path) throws IOException, DescriptorValidationException {
    Map<String, FileDescriptor> files = new HashMap<>();
    Map<String, Descriptor> messages = new HashMap<>();
    for (FileDescriptorProto proto : FileDescriptorSet.parseFrom(Files.readAllBytes(path)).getFileList()) {
      FileDescriptor[] imports = proto.getDependencyList().stream().map(files::get).toArray(FileDescriptor[]::new);
      FileDescriptor file = FileDescriptor.buildFrom(proto, imports);
      files.put(proto.getName(), file);
      file.getMessageTypes().forEach(type -> messages.put(type.getFullName(), type));
    }
    return messages;
  }

  private static String header(ConsumerRecord<String, byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  private static Properties settings() {
    String user = System.getenv("ARUS_USER");
    String ca = System.getenv().getOrDefault("ARUS_CA", "");
    Properties settings = new Properties();
    settings.put("bootstrap.servers", System.getenv("ARUS_BOOTSTRAP"));
    settings.put("security.protocol", ca.isEmpty() ? "SASL_PLAINTEXT" : "SASL_SSL");
    if (!ca.isEmpty()) {
      settings.put("ssl.truststore.type", "PEM");
      settings.put("ssl.truststore.location", ca);
    }
    settings.put("sasl.mechanism", "SCRAM-SHA-512");
    settings.put(
        "sasl.jaas.config",
        String.format(
            "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";",
            user, System.getenv("ARUS_PASSWORD")));
    settings.put("group.id", user + ".java-verdicts");
    settings.put("auto.offset.reset", "earliest");
    settings.put("enable.auto.commit", "false");
    settings.put("key.deserializer", StringDeserializer.class.getName());
    settings.put("value.deserializer", ByteArrayDeserializer.class.getName());
    return settings;
  }
}
