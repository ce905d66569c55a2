"""What the .proto files say about a message: its comment and the file it stands in."""

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

MESSAGE = 4  # number of FileDescriptorProto.message_type, the first step of a message's path


class Descriptors:
    """Top-level messages by their full name."""

    def __init__(self, files: FileDescriptorSet) -> None:
        self._comments: dict[str, str] = {}
        self._files: dict[str, str] = {}
        for file in files.file:
            comments = comments_of(file)
            for index, message in enumerate(file.message_type):
                full_name = f"{file.package}.{message.name}"
                self._files[full_name] = file.name
                self._comments[full_name] = comments.get(index, "")

    def comment(self, full_name: str) -> str:
        """Return the message's comment as one line."""
        return self._comments[full_name]

    def file(self, full_name: str) -> str:
        """Return the path of the message's file inside protos/."""
        return self._files[full_name]


def comments_of(file: FileDescriptorProto) -> dict[int, str]:
    """Return the comments of top-level messages by their index."""
    return {
        location.path[1]: " ".join(location.leading_comments.split())
        for location in file.source_code_info.location
        if len(location.path) == 2 and location.path[0] == MESSAGE
    }
